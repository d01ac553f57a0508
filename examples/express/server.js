/** Notes over HTTP, in Express. It knows nothing of Fountain, which decides who may call it: docs/services-behind-the-gateway.md. */
import express from "express";

const notes = new Map();
const app = express();
app.use(express.json());

app.get("/items", (_request, response) => {
  response.json([...notes.values()]);
});

app.post("/items", (request, response) => {
  const note = { id: String(notes.size + 1), text: String(request.body?.text ?? "") };
  notes.set(note.id, note);
  response.status(201).json(note);
});

app.get("/items/:id", (request, response) => {
  const note = notes.get(request.params.id);
  if (note) response.json(note);
  else response.status(404).json({ error: "there is no such note" });
});

// On the loopback address only: everything else has to pass the gateway.
const port = Number(process.env.PORT ?? 9000);
app.listen(port, "127.0.0.1", () => console.log(`Notes are at http://127.0.0.1:${port}/items`));
