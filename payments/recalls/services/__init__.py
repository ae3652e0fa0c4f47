"""What changes something: asking back, sending, answering, giving back, disputing, settling."""
