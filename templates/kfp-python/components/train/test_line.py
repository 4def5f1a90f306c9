from line import fit, loss

POINTS = [(0, 1), (1, 4), (2, 7)]


def test_a_line_that_is_there_is_found():
    assert fit(POINTS) == {"slope": 3, "offset": 1}
    assert loss(POINTS, fit(POINTS)) == 0


def test_a_penalty_makes_it_flatter():
    assert 0 < fit(POINTS, penalty=2)["slope"] < 3
