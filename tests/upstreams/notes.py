"""A service that knows nothing of Fountain: FastAPI, with the OpenAPI document that it makes of itself."""
from enum import Enum
from typing import List, Optional

import uvicorn
from fastapi import FastAPI, Header, Query
from pydantic import BaseModel, Field

app = FastAPI(title="Notes")


class Kind(str, Enum):
    short = "short"
    long = "long"


class Note(BaseModel):
    title: str = Field(min_length=1, max_length=20)
    kind: Kind
    stars: Optional[int] = Field(default=None, ge=0, le=5)
    tags: List[str] = []


@app.get("/items", summary="List <b>notes</b>")
def list_items(limit: int = Query(10, ge=1, le=100), tag: List[str] = Query([]), x_tenant: Optional[str] = Header(None)):
    return {"limit": limit, "tag": tag, "tenant": x_tenant}


@app.get("/items/{item_id}")
def get_item(item_id: int):
    return {"id": item_id}


@app.post("/items", status_code=201)
def create_item(note: Note):
    return note


@app.get("/internal/secrets")
def secrets():
    return {"secret": True}


uvicorn.run(app, host="127.0.0.1", port=int(__import__("sys").argv[1]), log_level="warning")
