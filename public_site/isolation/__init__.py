"""The isolation reports as people read them, the same in the agency's portal and in the control panel."""
