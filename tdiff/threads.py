"""How many threads numpy's linear algebra uses: the environment says so before numpy is imported, a call afterwards."""

from collections.abc import Mapping, MutableMapping
from typing import Final

VARIABLES: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def one_thread_unless_asked(env: MutableMapping[str, str]) -> None:
    """Use one thread, unless the environment says how many.

    Our matrices are small: a second thread gains a few percent on an idle machine, and on a busy one the threads
    wait for each other, which made steps ten times slower.
    """
    if not any(env.get(name) for name in VARIABLES):
        for name in VARIABLES:
            env[name] = "1"


def one_thread_from_now_on(env: Mapping[str, str]) -> None:
    """Use one thread, unless the environment says how many, in a program that has imported numpy already."""
    if any(env.get(name) for name in VARIABLES):
        return
    from threadpoolctl import threadpool_limits

    threadpool_limits(limits=1, user_api="blas")
