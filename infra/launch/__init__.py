"""What stands behind `infra/up` and `infra/test`.

Everything but `run.py` and its neighbours `services.py` and `preparation.py` needs only the
standard library: it runs before anything is installed.
"""
