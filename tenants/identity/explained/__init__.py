"""Who can see this, and why: the explanation of access, for every member or for one."""
