import Moon from 'lucide-react/icons/moon';
import Sun from 'lucide-react/icons/sun';
import { strings } from '../../lib/strings';
import { switchTheme } from '../../lib/theme';
import { Button } from './Button';
import css from './ThemeSwitch.module.css';

/** Shows what pressing brings: the style sheet picks the icon, so that no theme is kept here. */
export function ThemeSwitch() {
  return (
    <Button look="ghost" className={css['switch']} aria-label={strings.switchTheme} onClick={switchTheme}>
      <Sun className={css['sun']} aria-hidden="true" />
      <Moon className={css['moon']} aria-hidden="true" />
    </Button>
  );
}
