// An Express server that knows nothing of Fountain. Prints its port.
import express from "express";

const app = express();
app.get("/hello", (request, response) =>
  response.json({ from: "express", authorization: request.headers.authorization }),
);
app.post("/echo", express.json(), (request, response) => response.status(201).json(request.body));
app.post("/count", (request, response) => {
  let received = 0;
  request.on("data", (bytes) => {
    received += bytes.length;
  });
  request.on("end", () => response.send(String(received)));
});
app.get("/events", (request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  let id = Number(request.headers["last-event-id"] ?? 0);
  const timer = setInterval(() => {
    id += 1;
    response.write(`id: ${id}\ndata: event ${id}\n\n`);
  }, 50);
  response.on("close", () => clearInterval(timer));
});
app.get("/file", (_request, response) => response.sendFile(import.meta.filename));
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
