# A FastAPI server that knows nothing of Fountain.
from fastapi import FastAPI, Header
from pydantic import BaseModel

app = FastAPI()


class Note(BaseModel):
    text: str


@app.get("/hello")
def hello(authorization: str | None = Header(default=None)):
    return {"from": "fastapi", "authorization": authorization}


@app.post("/echo", status_code=201)
def echo(note: Note):
    return note
