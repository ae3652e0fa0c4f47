"""The desk's pages. Each takes the admin it hangs in, which knows who is asking and how a page is framed."""
