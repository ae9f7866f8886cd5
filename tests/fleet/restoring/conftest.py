from tests.fleet.settled import neighbour, settled

__all__ = ["neighbour", "settled"]
