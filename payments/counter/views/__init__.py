"""The counter's pages, split by journey. They stand in the back office (payments.counter.admin)."""
