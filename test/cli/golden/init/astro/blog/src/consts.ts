export const SITE_TITLE: string = 'Diário';
export const SITE_DESCRIPTION = "Um diário // sem pressa";
