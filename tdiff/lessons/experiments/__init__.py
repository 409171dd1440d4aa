"""The experiments that answer the cards' questions, by the names that lesson files use.

An experiment is a generator of outcomes. The first shows where it starts, before the network is asked anything, so
that it can stand beside the question; partial ones follow for as long as the work takes, and the finished one comes
last. Closing the generator between two of them stops the work.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from tdiff.lessons.copies.by_heart import by_heart
from tdiff.lessons.copies.near_copies import near_copies
from tdiff.lessons.copies.never_shown import never_shown
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.denoise.four_squares import four_squares
from tdiff.lessons.denoise.layout_first import layout_first
from tdiff.lessons.denoise.one_leap import one_leap
from tdiff.lessons.denoise.one_step import one_step
from tdiff.lessons.denoise.step_ladder import step_ladder
from tdiff.lessons.denoise.twenty_of_fifty import twenty_of_fifty
from tdiff.lessons.forward.any_level import any_level
from tdiff.lessons.forward.lost_in_noise import lost_in_noise
from tdiff.lessons.guidance.guidance_curves import guidance_curves
from tdiff.lessons.guidance.guidance_dial import guidance_dial
from tdiff.lessons.guidance.guidance_grid import guidance_grid
from tdiff.lessons.labels.false_alarms import false_alarms
from tdiff.lessons.labels.hidden_mark import hidden_mark
from tdiff.lessons.labels.label_it import label_it
from tdiff.lessons.matching.clip_draws import clip_draws
from tdiff.lessons.matching.match_four import match_four
from tdiff.lessons.matching.same_words import same_words
from tdiff.lessons.negatives.negative_slot import negative_slot
from tdiff.lessons.negatives.negative_weights import negative_weights
from tdiff.lessons.negatives.negative_when import negative_when
from tdiff.lessons.negatives.not_green import not_green
from tdiff.lessons.seeds.jigsaw import jigsaw
from tdiff.lessons.seeds.neighbours import neighbours
from tdiff.lessons.seeds.same_static import same_static
from tdiff.lessons.seeds.seed_fixes import seed_fixes
from tdiff.lessons.skew.change_mix import change_mix
from tdiff.lessons.skew.left_open import left_open
from tdiff.lessons.switching.when_decided import when_decided
from tdiff.lessons.training.copy_or_learn import copy_or_learn
from tdiff.lessons.training.flat_total import flat_total
from tdiff.lessons.training.guess_game import guess_game
from tdiff.lessons.training.live_training import live_training
from tdiff.lessons.training.low_loss import low_loss
from tdiff.lessons.training.real_training import real_training
from tdiff.lessons.training.training_step import training_step
from tdiff.lessons.training.what_to_predict import what_to_predict
from tdiff.lessons.training.which_order import which_order
from tdiff.lessons.truth.weak_spots import weak_spots
from tdiff.lessons.words.swap_a_word import swap_a_word
from tdiff.lessons.words.what_is_read import what_is_read
from tdiff.lessons.words.word_maps import word_maps

Experiment: TypeAlias = Callable[[Bench], Iterator[Outcome]]

EXPERIMENTS: Final[Mapping[str, Experiment]] = MappingProxyType(
    {
        "four-squares": four_squares,
        "one-step": one_step,
        "one-leap": one_leap,
        "layout-first": layout_first,
        "step-ladder": step_ladder,
        "twenty-of-fifty": twenty_of_fifty,
        "seed-fixes": seed_fixes,
        "neighbours": neighbours,
        "jigsaw": jigsaw,
        "same-static": same_static,
        "any-level": any_level,
        "lost-in-noise": lost_in_noise,
        "guess-game": guess_game,
        "training-step": training_step,
        "which-order": which_order,
        "live-training": live_training,
        "flat-total": flat_total,
        "low-loss": low_loss,
        "what-to-predict": what_to_predict,
        "copy-or-learn": copy_or_learn,
        "real-training": real_training,
        "what-is-read": what_is_read,
        "swap-a-word": swap_a_word,
        "word-maps": word_maps,
        "match-four": match_four,
        "same-words": same_words,
        "clip-draws": clip_draws,
        "guidance-dial": guidance_dial,
        "guidance-grid": guidance_grid,
        "guidance-curves": guidance_curves,
        "negative-slot": negative_slot,
        "negative-weights": negative_weights,
        "not-green": not_green,
        "negative-when": negative_when,
        "when-decided": when_decided,
        "near-copies": near_copies,
        "by-heart": by_heart,
        "never-shown": never_shown,
        "left-open": left_open,
        "change-the-mix": change_mix,
        "label-it": label_it,
        "hidden-mark": hidden_mark,
        "false-alarms": false_alarms,
        "weak-spots": weak_spots,
    }
)

TINY: Final = frozenset(
    ["by-heart", "change-the-mix", "copy-or-learn", "flat-total", "live-training", "what-to-predict"]
)
"""Those whose pictures and numbers are of tiny networks, trained while the learner looks on."""

__all__ = ["EXPERIMENTS", "TINY", "Experiment"]
