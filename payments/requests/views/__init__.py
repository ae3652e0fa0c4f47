"""The pages of this room, by journey."""
