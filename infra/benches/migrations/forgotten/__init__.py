from infra.benches.migrations import path_of

__path__ = path_of("forgotten", list(__path__))
