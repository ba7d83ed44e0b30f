import { DISCLOSURE } from '../campaigns.ts'
import { shortForms } from '../short-forms.ts'

shortForms(DISCLOSURE)
