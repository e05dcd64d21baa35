import math

from backends.memory import as_amount, refusal


def test_what_fits_is_taken():
    assert refusal(4, 16 << 4, "less") is None


def test_a_refusal_names_bytes_limit_and_alternatives_however_wide():
    assert "63 qubits need 147,573,952,589,676,412,928 bytes and the limit is " in refusal(
        63, 16 << 63, "less"
    )
    assert "20000 qubits need over 2^20004 bytes" in refusal(20_000, 16 << 20_000, "less")
    assert refusal(63, 16 << 63, "fewer variables").endswith("take fewer variables")


def test_the_share_scales_the_limit():
    assert refusal(10, 1 << 20, "less", share=1e-12) is not None


def test_bytes_beyond_any_float_are_infinite():
    assert as_amount(16 << 10) == 16384.0
    assert math.isinf(as_amount(16 << 2000))
