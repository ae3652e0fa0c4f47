"""Pages about access, by journey: the entrance, second factors, sessions, and the person's own pages."""
