"""How Django writes dates where no tag of the house does, in the back office: as core.ui.formats does."""
