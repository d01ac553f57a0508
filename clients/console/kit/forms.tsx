/** Forms: fields with labels and hints, and a form that sends its values once. */
import { type ComponentChildren, createContext, type JSX } from "preact";
import { useContext, useId, useState } from "preact/hooks";
import { type FieldError, FountainError } from "../../typescript/src/index.ts";
import { Button, Failure } from "./elements.tsx";
import { besideField, isAbout } from "./faults.ts";
import { useAction } from "./state.ts";

interface ControlProps {
  label: string;
  name: string;
  hint?: ComponentChildren;
  /** What it begins with; the form keeps what is entered. */
  defaultValue?: string;
  /** Where the view follows each change. */
  value?: string;
  onValue?: (value: string) => void;
  required?: boolean;
  readOnly?: boolean;
  autoFocus?: boolean;
  placeholder?: string;
  maxLength?: number;
}

interface FieldProps extends ControlProps {
  type?: "text" | "search" | "password" | "email" | "url" | "number" | "datetime-local" | "date";
  pattern?: string;
  min?: number | string;
  max?: number | string;
  step?: number | string;
  inputMode?: "numeric" | "text" | "url" | "email" | "search";
  autocomplete?: string;
}

interface TextFieldProps extends ControlProps {
  rows?: number;
}

const following = (onValue: ControlProps["onValue"]) => ({
  ...(onValue && {
    onInput: ({ currentTarget }: { currentTarget: { value: string } }): void => onValue(currentTarget.value),
  }),
});

/** What was wrong with what the form has sent last. */
const FaultsContext = createContext<readonly FieldError[]>([]);

interface Described {
  id: string;
  /** Of the control, for those who do not see it. */
  attributes: { "aria-describedby": string | undefined; "aria-invalid": boolean | undefined };
  faults: readonly string[];
}

/** A control's id, and what describes it: its hint and its faults. */
const useDescribed = (name: string, hint: ComponentChildren): Described => {
  const id = useId();
  const faults = useContext(FaultsContext)
    .filter((fault) => isAbout(fault, name))
    .map((fault) => besideField(fault, name));
  const described = [...(hint ? [`${id}-hint`] : []), ...(faults.length > 0 ? [`${id}-fault`] : [])].join(" ");
  return {
    id,
    attributes: { "aria-describedby": described || undefined, "aria-invalid": faults.length > 0 || undefined },
    faults,
  };
};

const FaultList = ({ id, faults }: { id: string; faults: readonly string[] }): JSX.Element | null =>
  faults.length === 0 ? null : (
    <small id={`${id}-fault`} class="fault">
      {faults.join("; ")}
    </small>
  );

interface FrameProps {
  described: Described;
  label: string;
  hint: ComponentChildren;
  children: ComponentChildren;
}

const Frame = ({ described: { id, faults }, label, hint, children }: FrameProps): JSX.Element => (
  <div class="field">
    <label for={id}>{label}</label>
    {children}
    {hint && <small id={`${id}-hint`}>{hint}</small>}
    <FaultList id={id} faults={faults} />
  </div>
);

export const Field = ({ label, hint, onValue, autocomplete = "off", ...input }: FieldProps): JSX.Element => {
  const described = useDescribed(input.name, hint);
  // Preact types each type of input by itself.
  const attributes: Record<string, unknown> = input;
  return (
    <Frame described={described} label={label} hint={hint}>
      <input
        id={described.id}
        autocomplete={autocomplete}
        spellcheck={false}
        {...described.attributes}
        {...attributes}
        {...following(onValue)}
      />
    </Frame>
  );
};

export const TextField = ({ label, hint, onValue, rows = 4, ...area }: TextFieldProps): JSX.Element => {
  const described = useDescribed(area.name, hint);
  return (
    <Frame described={described} label={label} hint={hint}>
      <textarea
        id={described.id}
        rows={rows}
        spellcheck={false}
        {...described.attributes}
        {...area}
        {...following(onValue)}
      />
    </Frame>
  );
};

interface ChoiceProps extends Omit<ControlProps, "readOnly" | "placeholder" | "maxLength"> {
  options: readonly (readonly [value: string, text: string])[];
}

export const Choice = ({ label, hint, options, onValue, value, defaultValue, ...select }: ChoiceProps): JSX.Element => {
  const described = useDescribed(select.name, hint);
  const chosen = value ?? defaultValue;
  return (
    <Frame described={described} label={label} hint={hint}>
      <select id={described.id} {...described.attributes} {...select} {...following(onValue)}>
        {options.map(([option, text]) => (
          <option value={option} selected={option === chosen}>
            {text}
          </option>
        ))}
      </select>
    </Frame>
  );
};

interface ChecksProps {
  legend: string;
  name: string;
  options: readonly (readonly [value: string, text: string])[];
  chosen?: readonly string[];
  hint?: ComponentChildren;
}

/** Boxes of which any number can be ticked: `values.all(name)`. */
export const Checks = ({ legend, name, options, chosen = [], hint }: ChecksProps): JSX.Element => {
  const { id, faults, attributes } = useDescribed(name, hint);
  return (
    <fieldset aria-describedby={attributes["aria-describedby"]}>
      <legend>{legend}</legend>
      {hint && <small id={`${id}-hint`}>{hint}</small>}
      <div class="checks">
        {options.map(([value, text]) => (
          <label>
            <input type="checkbox" name={name} value={value} defaultChecked={chosen.includes(value)} /> {text}
          </label>
        ))}
      </div>
      <FaultList id={id} faults={faults} />
    </fieldset>
  );
};

/** What was entered. */
export interface Values {
  /** Without blanks around it; empty where nothing was entered. */
  text(name: string): string;
  /** As it is, for passwords and secrets. */
  raw(name: string): string;
  all(name: string): string[];
}

/** Of a form. */
export const valuesOf = (form: HTMLFormElement): Values => {
  const data = new FormData(form);
  const raw = (name: string): string => String(data.get(name) ?? "");
  return { text: (name) => raw(name).trim(), raw, all: (name) => data.getAll(name).map(String) };
};

/** Of its fields. */
const namesOf = (form: HTMLFormElement): string[] =>
  [...form.querySelectorAll("input, select, textarea")].flatMap((field) => field.getAttribute("name") || []);

interface FormProps {
  /** On the button that sends it. */
  action: string;
  /** Rejects where it failed: the failure is shown, and what was entered stays. */
  onSend: (values: Values) => Promise<unknown>;
  /** What is said after a success. */
  done?: string;
  onCancel?: () => void;
  /** `row`: the button stands beside the fields. */
  layout?: "row" | "column";
  isDangerous?: boolean;
  children: ComponentChildren;
}

export const Form = ({
  action,
  onSend,
  done,
  onCancel,
  layout = "column",
  isDangerous = false,
  children,
}: FormProps): JSX.Element => {
  const send = useAction(onSend, done);
  const [names, setNames] = useState<readonly string[]>([]);
  return (
    <form
      class={layout}
      onSubmit={(event) => {
        event.preventDefault();
        setNames(namesOf(event.currentTarget));
        void send.run(valuesOf(event.currentTarget));
      }}
    >
      <FaultsContext.Provider value={send.error instanceof FountainError ? send.error.errors : []}>
        {children}
      </FaultsContext.Provider>
      <Failure error={send.error} except={names} />
      <div class="actions">
        <Button type="submit" kind={isDangerous ? "danger" : "main"} isBusy={send.isBusy}>
          {action}
        </Button>
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
      </div>
    </form>
  );
};
