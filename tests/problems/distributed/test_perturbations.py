import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from problems.distributed.perturbations import Perturbations, batch_seed

words = st.integers(0, 2**40)


@given(st.integers(0, 2**63 - 1), words, words, words)
def test_a_direction_is_philox_with_its_key_as_counter(seed, step, worker, sample):
    counter = np.array([0, sample, worker, step], dtype=np.uint64)
    philox = np.random.Philox(key=np.array([seed, 0], dtype=np.uint64), counter=counter)
    expected = np.random.Generator(philox).standard_normal(5)
    np.testing.assert_array_equal(Perturbations(seed, 5).direction(step, worker, sample), expected)


def test_directions_do_not_depend_on_what_was_drawn_before():
    one, other = Perturbations(3, 4), Perturbations(3, 4)
    keys = [(k, w, s) for k in range(3) for w in range(3) for s in range(2)]
    forward = {key: one.direction(*key) for key in keys}
    for key in reversed(keys):
        other.rounding(*key)
        out = np.empty(4)
        other.direction(*key, out=out)
        np.testing.assert_array_equal(out, forward[key])
    assert len({row.tobytes() for row in forward.values()}) == len(keys)


def test_directions_are_standard_normal_and_independent_of_each_other():
    count = 4000
    drawn = Perturbations(11, 3)
    rows = np.array([[drawn.direction(k, w, 0) for w in range(2)] for k in range(count)]).reshape(count, 6)
    # five standard errors: of a mean 1/√N, of a variance √(2/N), of a correlation 1/√N
    assert np.all(np.abs(rows.mean(axis=0)) < 5 / np.sqrt(count))
    covariance = np.cov(rows.T)
    assert np.all(np.abs(covariance - np.eye(6)) < 5 * np.sqrt(2 / count))


def test_rounding_draws_are_uniform_and_of_their_own():
    drawn = Perturbations(4, 2)
    uniform = np.array([drawn.rounding(k, 1, 0) for k in range(4000)])
    assert uniform.min() >= 0
    assert uniform.max() < 1
    assert abs(uniform.mean() - 0.5) < 5 * np.sqrt(1 / 12 / 4000)
    normal = np.array([drawn.direction(k, 1, 0)[0] for k in range(4000)])
    assert abs(np.corrcoef(uniform, normal)[0, 1]) < 5 / np.sqrt(4000)


def test_batch_seeds_differ_by_step_and_worker():
    seeds = {batch_seed(7, step, worker) for step in range(20) for worker in range(20)}
    assert len(seeds) == 400
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert batch_seed(7, 1, 2) == batch_seed(7, 1, 2) != batch_seed(8, 1, 2)
