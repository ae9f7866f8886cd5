"""Each hostile test seen failing with its wall taken down: `python -m tests.hostile.felling [NAME …]`.

No wall has a switch in the program. Each is taken down in the process of the test by replacing the function that is
the wall (`faults`); the tests named for it have to fail then, in the test itself: an error while it is set up proves
nothing. `walls.py` lists them.
"""
