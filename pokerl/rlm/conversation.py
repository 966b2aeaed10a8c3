"""The messages that a model is sent: everything while it fits, then the beginning, a summary and a verbatim tail."""

from __future__ import annotations

from pokerl.rlm.messages import Message, Text, estimate_tokens, say

REMEMBERED = 12
"""Folded turns of which a line is kept."""

LINE = 160


class Conversation:
    """A conversation that can be folded.

    Args:
        system: the system prompt.
        opening: the task.
    """

    def __init__(self, system: str, opening: str) -> None:
        self._head = (say("system", system),)
        self._opening = opening
        self._turns: list[tuple[Message, Message]] = []
        self._folded = 0

    def append(self, reply: str, observed: Message) -> None:
        """Add a turn: what the model said and what it was told."""
        self._turns.append((say("assistant", reply or "(an empty reply)"), observed))

    def note(self, text: str) -> None:
        """Add a sentence to the last thing that the model was told."""
        if not self._turns:
            self._opening = f"{self._opening}\n\n{text}"
            return
        reply, observed = self._turns[-1]
        self._turns[-1] = (reply, Message("user", (*observed.parts, Text(text))))

    def messages(self, recall: str = "") -> tuple[Message, ...]:
        """What to send. ``recall`` is added where turns are folded away."""
        opening = [self._opening, *([self._summary(recall)] if self._folded else [])]
        pairs = [message for pair in self._turns[self._folded :] for message in pair]
        return (*self._head, say("user", *opening), *pairs)

    def fit(self, tokens: int) -> None:
        """Fold turns away, when the estimated size is above ``tokens``, until half of it is left."""
        if tokens and estimate_tokens(self.messages()) > tokens:
            self._fold_to(tokens // 2)

    def halve(self) -> bool:
        """Fold away until half of the present size is left (the model said it is too long); whether that helped."""
        before = self._folded
        self._fold_to(estimate_tokens(self.messages()) // 2)
        return self._folded > before

    def _fold_to(self, tokens: int) -> None:
        while self._folded < len(self._turns) - 1 and estimate_tokens(self.messages()) > tokens:
            self._folded += 1

    def history(self, number: int) -> str:
        """A turn as text.

        Raises:
            IndexError: there is none of that number.
        """
        reply, observed = self._turns[number]
        return f"{reply.text}\n\n--- seen ---\n{observed.text}"

    def __len__(self) -> int:
        return len(self._turns)

    def _summary(self, recall: str) -> str:
        first = max(0, self._folded - REMEMBERED)
        lines = [f"- history[{n}]: {_line(self._turns[n][0])}" for n in range(first, self._folded)]
        told = (
            f"[Your first {self._folded} turns are folded away to save room. Nothing in the REPL was lost. Their full "
            f"text is in history[0] … history[{self._folded - 1}], what their blocks printed in outputs[n]. The latest "
            "of them began:]"
        )
        return "\n".join([told, *lines, *([recall] if recall else [])])


def _line(message: Message) -> str:
    words = " ".join(message.text.split())
    return words if len(words) <= LINE else words[: LINE - 1] + "…"
