"""What happens to orders: agreeing (proposals), keeping (the payer's acts), executing (their dates)."""
