"""Tasks over HTTP, in FastAPI. It knows nothing of Fountain, which decides who may call it:
docs/services-behind-the-gateway.md."""
from typing import Dict, List

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel


class Task(BaseModel):
    title: str
    done: bool = False


app = FastAPI(title="Tasks")
tasks: Dict[int, Task] = {}


@app.get("/tasks", response_model=List[Task])
def list_tasks():
    return list(tasks.values())


@app.post("/tasks", response_model=Task, status_code=201)
def create_task(task: Task):
    tasks[len(tasks) + 1] = task
    return task


@app.get("/tasks/{task_id}", response_model=Task)
def get_task(task_id: int):
    if task_id not in tasks:
        raise HTTPException(404, "there is no such task")
    return tasks[task_id]
