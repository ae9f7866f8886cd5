from infra.benches.migrations import path_of

__path__ = path_of("expanded", list(__path__))
