"""How people come in: the rules of a place, passwords, the steps on the way, and the record of all tries."""
