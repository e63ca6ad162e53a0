import { use, type ComponentProps, type MouseEvent } from 'react';
import { pathOf, type Route } from '../lib/route';
import { NavigationContext } from './Navigation';

interface PageLinkProps extends ComponentProps<'a'> {
  readonly to: Route;
}

/** A link to a page of ours, which opens without a load; in a new tab where the person asks for it. */
export function PageLink({ to, children, ...rest }: PageLinkProps) {
  const navigation = use(NavigationContext);
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigation.go(to);
  };
  return (
    <a {...rest} href={pathOf(to)} onClick={follow}>
      {children}
    </a>
  );
}
