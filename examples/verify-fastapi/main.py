"""A service in FastAPI that verifies the tokens of its callers itself."""
import os

from fastapi import Depends, FastAPI

from fountain import Fountain

fountain = Fountain(
    os.environ["FOUNTAIN_ISSUER"],
    audience=os.environ.get("AUDIENCE", "notes"),
    key=os.environ["VERIFIER_KEY"],
    url=os.environ.get("FOUNTAIN_URL"),
    max_staleness_seconds=float(os.environ.get("MAX_STALENESS_SECONDS", "60")),
)
app = FastAPI()


@app.get("/items")
def list_items(caller: dict = Depends(fountain.caller("notes:read"))):
    return {"subject": caller["sub"]}


@app.delete("/items")
def delete_items(caller: dict = Depends(fountain.caller(max_age_seconds=300))):
    return {"subject": caller["sub"]}
