from evaluate import judge


def test_errors_are_distances_from_the_line():
    assert judge([(0, 1), (1, 5)], {"slope": 3, "offset": 1}) == {"mean_error": 0.5, "largest_error": 1}
