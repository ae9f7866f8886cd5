from infra.benches.migrations import path_of

__path__ = path_of("dropped", list(__path__))
