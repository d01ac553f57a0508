/** What the server has put into the page for this visit. */

export interface PageData {
  /** Makes a call one of this page: another page of this host cannot send it. It changes with the session. */
  form: string;
  /** What the installation calls itself. */
  name: string;
  /** Of the modules with the workers' panels. */
  modules: readonly string[];
}

const read = (): PageData => {
  const text = document.querySelector("#console-data")?.textContent;
  if (!text) throw new Error("the page has no data");
  const data: PageData = JSON.parse(text);
  return data;
};

export const pageData: PageData = read();
