"""Where a model endpoint is and how it is called: from the environment, ``.env`` and the caller."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from pokerl.errors import ConfigurationProblem
from pokerl.rlm.models.prices import Tariff
from pokerl.rlm.problems import describe

OFFICIAL = "https://api.openai.com/v1"


class EndpointSettings(BaseSettings):
    """Settings of an OpenAI-compatible endpoint.

    Each is read from the variable in capitals with ``POKERL_`` before it (``POKERL_MAX_OUTPUT_TOKENS``), the first two
    from the names that every such client knows.

    Attributes:
        openai_api_key: the key; ``OPENAI_API_KEY``. Local servers take any text.
        openai_base_url: where the endpoint is; ``OPENAI_BASE_URL``.
        images: whether the model sees pictures; otherwise it is told that there was one.
        max_output_tokens: most tokens of a reply; ``None`` leaves it to the endpoint.
        temperature: ``None`` leaves it to the endpoint (reasoning models refuse it).
        reasoning_effort: for reasoning models; ``None`` leaves it to the endpoint.
        stall_seconds: how long a stream may be silent before it is given up and asked again; ten minutes, as the
            `openai` package has it, since reasoning models say nothing while they think.
        attempts: how often a call is tried in all.
        longest_wait: most seconds to wait between two tries, also when the endpoint asks for more.
        input_price, output_price: dollars for a million tokens, where published prices are unknown or others; both or
            neither. 0 says that calls are free.
        extra: further fields of the request body, for endpoints with their own; JSON.
    """

    model_config = SettingsConfigDict(env_prefix="POKERL_", env_file=".env", extra="ignore", populate_by_name=True)

    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str = Field(default=OFFICIAL, validation_alias="OPENAI_BASE_URL")
    images: bool = True
    max_output_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None
    stall_seconds: float = Field(default=600.0, gt=0)
    attempts: int = Field(default=6, ge=1)
    longest_wait: float = Field(default=120.0, ge=0)
    input_price: float | None = Field(default=None, ge=0)
    output_price: float | None = Field(default=None, ge=0)
    extra: dict[str, Any] = {}

    @model_validator(mode="after")
    def _both_prices(self) -> Self:
        if (self.input_price is None) != (self.output_price is None):
            raise ValueError("POKERL_INPUT_PRICE and POKERL_OUTPUT_PRICE go together, set both or neither")
        return self

    @property
    def tariff(self) -> Tariff | None:
        """The prices of one's own, if they were given."""
        if self.input_price is None or self.output_price is None:
            return None
        return Tariff(self.input_price, self.output_price)


def read_settings() -> EndpointSettings:
    """Settings from the environment and ``.env``.

    Raises:
        ConfigurationProblem: one of them is wrong.
    """
    try:
        return EndpointSettings()
    except ValidationError as error:
        first = error.errors()[0]
        name = variable(str(first["loc"][0])) if first["loc"] else "A model setting"
        raise ConfigurationProblem(f"{name} is wrong: {first['msg']}.", "See docs/rlm.md.") from error
    except ValueError as error:
        raise ConfigurationProblem(f"A model setting is wrong: {describe(error)}.", "See docs/rlm.md.") from error


def variable(setting: str) -> str:
    """The environment variable of a setting."""
    return setting if setting.isupper() else f"POKERL_{setting.upper()}"
