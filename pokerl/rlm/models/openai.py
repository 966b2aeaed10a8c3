"""Any OpenAI-compatible endpoint, by chat completions."""

from __future__ import annotations

import base64
import functools
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
import openai

from pokerl.errors import ConfigurationProblem, PokerlError
from pokerl.rlm.messages import Completion, Message, ModelRequest, Text, Usage, estimate_tokens, total
from pokerl.rlm.models.prices import published_price, published_window
from pokerl.rlm.models.settings import OFFICIAL, EndpointSettings, read_settings
from pokerl.rlm.problems import ContextTooLong, CutShort, ModelUnreachable, NotTaken, describe

if TYPE_CHECKING:
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessage
    from openai.types.chat.chat_completion_chunk import ChoiceDelta

TOO_LONG = re.compile(
    r"context[ _](length|window|size)|maximum context|too many (input )?tokens|prompt is too long", re.IGNORECASE
)
NO_IMAGE = "[There was a picture here, which this model cannot see.]"
FIRST_WAIT = 1.0
FAR_OVER = 2  # times the published window: tokens are only estimated here


class TryAgain(Exception):
    """A call failed in a way that may pass. ``after`` is what the endpoint asks to wait, in seconds."""

    def __init__(self, problem: str, after: float | None = None, spent: Usage | None = None) -> None:
        super().__init__(problem)
        self.after = after
        self.spent = spent


@dataclass
class Reply:
    """A reply while it streams in."""

    text: str = ""
    refusal: str = ""
    finish: str = ""
    usage: Usage | None = None
    cached_tokens: int = 0

    began: bool = False

    def take(self, chunk: ChatCompletionChunk) -> None:
        """Add a piece."""
        self.began = True
        self._take_usage(chunk.usage)
        for choice in chunk.choices or []:
            self._take_words(choice.delta, choice.finish_reason)

    def take_whole(self, completion: ChatCompletion) -> None:
        """Take a reply in one piece."""
        self._take_usage(completion.usage)
        for choice in completion.choices or []:
            self._take_words(choice.message, choice.finish_reason)

    def _take_words(self, words: ChoiceDelta | ChatCompletionMessage | None, finish: str | None) -> None:
        if words is not None:
            self.text += words.content or ""
            self.refusal += words.refusal or ""
        self.finish = finish or self.finish

    def _take_usage(self, usage: CompletionUsage | None) -> None:
        if usage is not None:
            self.usage = Usage(usage.prompt_tokens or 0, usage.completion_tokens or 0)
            details = usage.prompt_tokens_details
            self.cached_tokens = (details.cached_tokens or 0) if details else 0


SHORTEST_SECRET = 8
"""Characters of a key from which on it is one; local servers take any text."""


class OpenAIModel:
    """A model behind an OpenAI-compatible endpoint: streamed, given up at the deadline, tried again when that may help.

    Args:
        name: the model's name at the endpoint.
        settings: where it is and how to call it; from the environment and ``.env`` by default.

    Raises:
        ConfigurationProblem: no key is set, or a setting is wrong.
    """

    def __init__(self, name: str, settings: EndpointSettings | None = None) -> None:
        self._name = name
        self._settings = settings or read_settings()
        if self._settings.openai_api_key is None or not self._settings.openai_api_key.get_secret_value():
            raise ConfigurationProblem(
                "OPENAI_API_KEY is not set.",
                "Set it in the environment or in a file .env; a local server (OPENAI_BASE_URL) takes any text.",
            )
        if not re.match(r"https?://[^/\s]+", self._settings.openai_base_url):
            raise ConfigurationProblem(
                f"OPENAI_BASE_URL is not a URL: {self._settings.openai_base_url!r}.",
                "Give one like http://localhost:8000/v1.",
            )
        self._client = openai.OpenAI(
            api_key=self._settings.openai_api_key.get_secret_value(),
            base_url=self._settings.openai_base_url,
            max_retries=0,
        )
        self._report_usage = True

    @property
    def name(self) -> str:
        """The model's name at the endpoint."""
        return self._name

    def check(self) -> None:
        """Ask whether anybody is there, before a run begins.

        Raises:
            ModelUnreachable: nobody is, or the key is not accepted.
        """
        with self._discreet():
            self._check()

    def _check(self) -> None:
        try:
            self._client.with_options(timeout=15.0).models.list()
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise self._refused(error) from error
        except openai.APIConnectionError as error:
            raise self._absent(error) from error
        except (openai.APIStatusError, ValueError):
            return  # not every endpoint lists its models; that one answers at all is enough

    def complete(self, request: ModelRequest) -> Completion:
        """Answer a conversation.

        Raises:
            ContextTooLong: it does not fit into the model's context window.
            CutShort: the deadline came before the reply was complete.
            ModelUnreachable: the endpoint, the model or the key is wrong.
            NotTaken: it does not accept the request or has no credit left.
            ModelProblem: it failed too often.
        """
        with self._discreet():
            return self._complete(request)

    def _complete(self, request: ModelRequest) -> Completion:
        self._require_room(request)
        begun, waited, lost = time.monotonic(), 0.0, list[Usage]()
        for attempt in range(1, self._settings.attempts + 1):
            try:
                reply = self._once(request)
                usage = total([*lost, self._cost(request, reply)])
                return Completion(reply.text or reply.refusal, usage, time.monotonic() - begun, waited, self._name)
            except TryAgain as problem:
                lost += [problem.spent] if problem.spent else []
                wait = self._wait(attempt, problem.after)
                late = request.deadline is not None and time.monotonic() + wait > request.deadline
                if attempt == self._settings.attempts or late:
                    why = "the deadline is near" if late else f"{attempt} tries"
                    raise CutShort(
                        f"{self._name} at {self._settings.openai_base_url} gave no usable reply ({why}): {problem}",
                        "Check the endpoint; the run can be resumed.",
                        total(lost),
                    ) from problem
                waited += self._pause(request, wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    @contextmanager
    def _discreet(self) -> Iterator[None]:
        """Errors go into run folders, and an endpoint may repeat what it was sent: no key, no password in them."""
        try:
            yield
        except PokerlError as error:
            key = self._settings.openai_api_key.get_secret_value() if self._settings.openai_api_key else ""
            password = urlsplit(self._settings.openai_base_url).password
            for secret in (key if len(key) >= SHORTEST_SECRET else "", f":{password}@" if password else ""):
                error.message = error.message.replace(secret, "…") if secret else error.message
            raise

    def _require_room(self, request: ModelRequest) -> None:
        """Refuse here what is far too long for the model; what may just fit it judges itself."""
        tokens = estimate_tokens(request.messages)
        if self._window is not None and tokens > FAR_OVER * self._window:
            raise ContextTooLong(
                f"This has about {tokens:,} tokens and was not sent: {self._name} reads {self._window:,}.",
                "Send less at once.",
            )

    @functools.cached_property
    def _window(self) -> int | None:
        return published_window(self._name, self._settings.openai_base_url)

    def _once(self, request: ModelRequest) -> Reply:
        """One try, from request to the end of the stream."""
        reply = Reply()
        try:
            self._stream(request, reply)
        except openai.APIStatusError as error:
            raise self._judge(error) from error
        except openai.APIConnectionError as error:
            began = bool(reply.began or isinstance(error, openai.APITimeoutError))
            raise TryAgain(
                "the stream stalled or broke" if began else self._absent(error).message,
                spent=self._cost(request, reply) if began else None,
            ) from error
        except (openai.APIError, ValueError, TypeError, AttributeError) as error:  # openai does not check shapes
            if TOO_LONG.search(str(error)):
                raise self._too_long(error) from error
            raise TryAgain(f"the stream broke: {describe(error)}", spent=self._cost(request, reply)) from error
        if not reply.finish:
            raise TryAgain("the stream ended in the middle", spent=self._cost(request, reply))
        if not (reply.text or reply.refusal) and reply.finish != "length":
            raise TryAgain(f"the reply is empty ({reply.finish})", spent=self._cost(request, reply))
        return reply

    def _stream(self, request: ModelRequest, reply: Reply) -> None:
        """Take the stream into ``reply``; one that ends before it began is asked for again in one piece.

        Some servers say nothing when a streamed request fails, not even that the conversation is too long.
        """
        options = {"include_usage": True} if self._report_usage else openai.omit
        with self._create(request, stream=True, stream_options=options) as stream:
            for chunk in stream:
                reply.take(chunk)
                if request.deadline is not None and time.monotonic() > request.deadline:
                    raise CutShort("The deadline came while the model was writing.", "", self._cost(request, reply))
        if not reply.began:
            reply.take_whole(self._create(request, stream=False))

    def _create(self, request: ModelRequest, **options: Any) -> Any:
        settings = self._settings
        optional = {
            "max_completion_tokens": settings.max_output_tokens,
            "temperature": settings.temperature,
            "reasoning_effort": settings.reasoning_effort,
        }
        left = settings.stall_seconds if request.deadline is None else request.deadline - time.monotonic()
        create: Any = self._client.chat.completions.create
        return create(
            model=self._name,
            messages=[self._message(message) for message in request.messages],
            timeout=openai.Timeout(max(min(left, settings.stall_seconds), 0.1), connect=min(15.0, max(left, 0.1))),
            extra_body=settings.extra or None,
            **options,
            **{name: value for name, value in optional.items() if value is not None},
        )

    def _message(self, message: Message) -> dict[str, Any]:
        parts: list[dict[str, Any]] = []
        for part in message.parts:
            if isinstance(part, Text):
                parts.append({"type": "text", "text": part.text})
            elif self._settings.images:
                url = "data:image/png;base64," + base64.b64encode(part.png).decode()
                parts.append({"type": "image_url", "image_url": {"url": url}})
            else:
                parts.append({"type": "text", "text": NO_IMAGE})
        if all(part["type"] == "text" for part in parts):
            return {"role": message.role, "content": "\n".join(part["text"] for part in parts)}
        return {"role": message.role, "content": parts}

    def _cost(self, request: ModelRequest, reply: Reply) -> Usage:
        """What a reply cost; its tokens are estimated, and marked so, when the endpoint did not tell them."""
        usage = reply.usage or Usage(estimate_tokens(request.messages), len(reply.text) // 4 + 1, estimated=True)
        tariff, address = self._settings.tariff, self._settings.openai_base_url
        dollars = tariff.dollars(usage) if tariff else published_price(self._name, address, usage, reply.cached_tokens)
        return msgspec.structs.replace(usage, dollars=dollars)

    def _judge(self, error: openai.APIStatusError) -> Exception:
        """What an error status means: try again, or an error of ours."""
        status, text = error.status_code, describe(error)
        if status == 400 and self._report_usage and "stream_options" in text:
            self._report_usage = False  # an older endpoint: usage is estimated from now on
            return TryAgain("the endpoint does not know stream_options", after=0.0)
        if TOO_LONG.search(text) or error.code == "context_length_exceeded":
            return self._too_long(error)
        if status in (401, 403):
            return self._refused(error)
        if status == 404:
            return ModelUnreachable(
                f"{self._settings.openai_base_url} has no model {self._name!r}: {text}",
                "Check --model and OPENAI_BASE_URL.",
            )
        if error.code == "insufficient_quota":
            return NotTaken(f"The account behind the key has no credit left: {text}", "Add credit, then resume.")
        if status in (408, 409, 425, 429) or status >= 500:
            return TryAgain(f"status {status}: {text}", after=retry_after(error.response.headers))
        return NotTaken(f"The endpoint does not accept the request (status {status}): {text}", "Check the settings.")

    def _too_long(self, error: Exception) -> ContextTooLong:
        return ContextTooLong(f"The conversation is too long for {self._name}: {describe(error)}", "Send less at once.")

    def _refused(self, error: Exception) -> ModelUnreachable:
        return ModelUnreachable(
            f"{self._settings.openai_base_url} does not accept the key: {describe(error)}", "Check OPENAI_API_KEY."
        )

    def _absent(self, error: Exception) -> ModelUnreachable:
        cause = error.__cause__ or error
        remedy = (
            "Check the network."
            if self._settings.openai_base_url == OFFICIAL
            else "Start the server or set OPENAI_BASE_URL."
        )
        return ModelUnreachable(
            f"No model endpoint answers at {self._settings.openai_base_url} ({describe(cause)}).", remedy
        )

    def _wait(self, attempt: int, asked: float | None) -> float:
        """Seconds before the next try: what the endpoint asks for, else doubling, with some randomness."""
        wait = FIRST_WAIT * 2 ** (attempt - 1) * random.uniform(0.7, 1.3) if asked is None else asked
        return float(min(wait, self._settings.longest_wait))

    @staticmethod
    def _pause(request: ModelRequest, seconds: float) -> float:
        begun = time.monotonic()
        with request.waiting():
            time.sleep(seconds)
        return time.monotonic() - begun


def retry_after(headers: Any) -> float | None:
    """The seconds of a Retry-After header, if it has a number of them."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            return max(float(headers.get(name, "")) / unit, 0.0)
        except ValueError:
            continue
    return None
