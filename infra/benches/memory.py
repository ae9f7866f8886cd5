"""What a process holds in memory, from /proc."""

from pathlib import Path


def resident_mb(pid: int) -> float:
    """All that lies in memory for it, programs and shared parts too."""
    return _status_mb(pid, "VmRSS")


def own_mb(pid: int) -> float:
    """Its own alone: without the buffers that all backends of a database share."""
    return _status_mb(pid, "RssAnon")


def _status_mb(pid: int, name: str) -> float:
    """0 for a process that has gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    found = next((line.split() for line in lines if line.startswith(f"{name}:")), None)
    return round(int(found[1]) / 1024, 1) if found else 0.0
