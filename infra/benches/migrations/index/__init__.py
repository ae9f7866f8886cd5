from infra.benches.migrations import path_of

__path__ = path_of("index", list(__path__))
