"""Where a model endpoint is and how it is called: from the environment, ``.env`` and the caller."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

OFFICIAL = "https://api.openai.com/v1"


class EndpointSettings(BaseSettings):
    """Settings of an OpenAI-compatible endpoint.

    Attributes:
        openai_api_key: the key; ``OPENAI_API_KEY``. Local servers take any text.
        openai_base_url: where the endpoint is; ``OPENAI_BASE_URL``.
        images: whether the model sees pictures; otherwise it is told that there was one.
        max_output_tokens: most tokens of a reply; ``None`` leaves it to the endpoint.
        temperature: ``None`` leaves it to the endpoint (reasoning models refuse it).
        reasoning_effort: for reasoning models; ``None`` leaves it to the endpoint.
        stall_seconds: how long a stream may be silent before it is given up and asked again.
        attempts: how often a call is tried in all.
        longest_wait: most seconds to wait between two tries, also when the endpoint asks for more.
        extra: further fields of the request body, for endpoints with their own.
    """

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    openai_api_key: SecretStr | None = None
    openai_base_url: str = OFFICIAL
    images: bool = True
    max_output_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None
    stall_seconds: float = Field(default=180.0, gt=0)
    attempts: int = Field(default=6, ge=1)
    longest_wait: float = Field(default=120.0, ge=0)
    extra: dict[str, Any] = {}
