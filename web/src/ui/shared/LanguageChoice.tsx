import { strings } from '../../lib/strings';
import { choose, LANGUAGES, spoken, type Language } from '../../words/language';
import css from './LanguageChoice.module.css';

/** The languages by the names that they give themselves. */
export function LanguageChoice() {
  const { language } = spoken.getState();
  return (
    <select
      className={css['choice']}
      aria-label={strings.language}
      value={language}
      onChange={({ target }) => {
        void choose(target.value as Language);
      }}
    >
      {Object.entries(LANGUAGES).map(([key, { name }]) => (
        <option key={key} value={key} lang={key}>
          {name}
        </option>
      ))}
    </select>
  );
}
