"""The lab of cases."""

import pytest

from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.decide.cases import LENSES
from tdiff.lessons.decide.decide_lab import Decide


class TestDecide:
    def test_every_option_of_every_case_has_reasons_for_and_against(self) -> None:
        decide = Decide()
        titles = []
        for _ in range(decide.state.of):
            titles.append(decide.state.case.title)
            for option in range(len(decide.state.options)):
                speaks_for, speaks_against = decide.choose(option).reasons
                assert speaks_for and speaks_against and speaks_for != speaks_against
            assert decide.state.unread == 0
            decide.next()
        assert decide.state.number == 1
        assert len(set(titles)) == len(titles) >= 8

    def test_the_questions_come_before_the_reasons(self) -> None:
        decide = Decide()
        before = decide.state.lines()
        assert [line.partition(":")[0] for line in before[1:]] == list(LENSES)
        after = decide.choose(1).lines()
        assert after[0].startswith("For it: ")
        assert after[1].startswith("Against it: ")
        assert "2 more to read" in after[2]
        assert decide.back_to_questions().lines() == before
        assert decide.state.read == {1}

    def test_what_was_chosen_is_kept_while_one_walks_about(self) -> None:
        decide = Decide()
        decide.choose(2)
        assert decide.previous().number == decide.state.of
        assert decide.state.chosen is None
        assert decide.next().chosen == 2
        assert decide.go_to(4).number == 4

    def test_what_cannot_be_is_refused(self) -> None:
        with pytest.raises(LessonError, match="options a to c"):
            Decide().choose(3)
        with pytest.raises(LessonError, match="cases 1 to"):
            Decide().go_to(0)
        with pytest.raises(LessonError, match="at least one"):
            Decide(())
