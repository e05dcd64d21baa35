"""Aer's further options: passed on where this build honours them, refused in a sentence where not."""

import numpy as np
import pytest
from qiskit_aer import AerSimulator

from backends import Aer, Expectation, QaoaAnsatz, Sampling
from backends.aer.options import checked_options, mpi_processes, options_refusal
from problems import BackendError
from problems.binary.qubo import Ising

ANSATZ = QaoaAnsatz(Ising.random(8, seed=1), 2)
WORK = Expectation(ANSATZ, (ANSATZ.cost,), np.array([[-0.5, -0.3, 0.4, 0.7]]))


def test_options_are_kept_as_sorted_pairs_whatever_their_form():
    pairs = (("blocking_enable", True), ("blocking_qubits", 4))
    assert checked_options({"blocking_qubits": 4, "blocking_enable": True}) == pairs
    assert Aer(options=pairs) == Aer(options=dict(reversed(pairs)))
    assert Aer(options=pairs).identity != Aer().identity


def test_chunks_of_a_state_give_the_values_of_the_whole():
    chunked = Aer(options={"blocking_enable": True, "blocking_qubits": 4})
    np.testing.assert_allclose(
        chunked.submit(WORK).result().mean, Aer().submit(WORK).result().mean, atol=1e-10
    )


@pytest.mark.skipif("GPU" in (AerSimulator().available_devices() or ()), reason="this build of Aer has GPUs")
def test_without_a_graphics_processor_the_build_is_named():
    with pytest.raises(BackendError, match=r"runs on CPU and not on GPU; install a build with it"):
        Aer(device="GPU").submit(WORK)


@pytest.mark.skipif("GPU" not in (AerSimulator().available_devices() or ()), reason="no GPU build of Aer")
@pytest.mark.parametrize("options", [{}, {"cuStateVec_enable": True}, {"batched_shots_gpu": True}])
def test_a_graphics_processor_gives_the_values_of_the_other(options):
    fast = Aer(device="GPU", options=options)
    np.testing.assert_allclose(fast.submit(WORK).result().mean, Aer().submit(WORK).result().mean, atol=1e-10)


@pytest.mark.skipif(mpi_processes() > 1, reason="launched under MPI")
def test_without_mpi_distributed_results_are_refused():
    with pytest.raises(BackendError, match="MPI processes and Aer sees one"):
        Aer(options={"accept_distributed_results": True}).submit(WORK)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"batched_shots_gpu": True}, "batched_shots_gpu"),
        ({"cuStateVec_enable": True}, "cuStateVec_enable"),
        ({"blocking_enable": True}, "blocking_qubits"),
    ],
)
def test_options_that_would_do_nothing_are_refused(options, named):
    assert named in options_refusal("CPU", checked_options(options))
    with pytest.raises(BackendError, match=named):
        Aer(options=options).submit(Sampling(ANSATZ, WORK.parameters, 3))
