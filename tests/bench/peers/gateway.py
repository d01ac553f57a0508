"""The gateway that many teams write first: FastAPI verifies the token (HS256) and forwards with httpx."""

import os

import httpx
from fastapi import FastAPI, HTTPException, Request, Response
from jose import JWTError, jwt

SECRET = os.environ["SECRET"]
AUDIENCE = os.environ["AUDIENCE"]
DROPPED = {"host", "content-length", "connection", "transfer-encoding"}

app = FastAPI()
client = httpx.AsyncClient(base_url=os.environ["UPSTREAM"], timeout=10)


@app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
async def forward(path: str, request: Request) -> Response:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise HTTPException(status_code=401, detail="Not authenticated")
    try:
        jwt.decode(token, SECRET, algorithms=["HS256"], audience=AUDIENCE)
    except JWTError as error:
        raise HTTPException(status_code=401, detail="Invalid token") from error
    headers = {name: value for name, value in request.headers.items() if name not in DROPPED}
    upstream = await client.request(
        request.method, f"/{path}", params=request.query_params, headers=headers, content=await request.body()
    )
    kept = {name: value for name, value in upstream.headers.items() if name not in DROPPED}
    return Response(content=upstream.content, status_code=upstream.status_code, headers=kept)
