from infra.benches.migrations import path_of

__path__ = path_of("column", list(__path__))
