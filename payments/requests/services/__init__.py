"""The writes of this room, by journey."""
