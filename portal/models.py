"""The roof keeps no tables. This module is here because Django tells only apps with models that `migrate` is done."""
