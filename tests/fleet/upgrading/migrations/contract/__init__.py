from tests.fleet.upgrading.migrations import after_the_real_ones

__path__ = after_the_real_ones(list(__path__))
