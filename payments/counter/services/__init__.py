"""What is done at the counter, split by journey. Each function takes the colleague who acts and the moment."""
