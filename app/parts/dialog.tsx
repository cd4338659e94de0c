'use client'
import type { FormEvent, ReactNode } from 'react'
import { Dialog as AriaDialog } from 'react-aria-components/Dialog'
import { Heading } from 'react-aria-components/Heading'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'
import type { Fault } from './api.ts'
import { ActButton, FormFault } from './fields.tsx'

/**
 * A dialog with one act and a way out; the way out has the focus first where something is lost.
 *
 * @param act What its main button says: the act and the thing.
 * @param out What the other says: what stays.
 */
export function Dialog({
  title,
  act,
  out = 'Cancel',
  danger = false,
  ready = true,
  busy,
  fault,
  known,
  onAct,
  onClose,
  children,
}: {
  title: string
  act: string
  out?: string
  danger?: boolean
  ready?: boolean
  busy: boolean
  fault: Fault | undefined
  known?: readonly string[]
  onAct: (fields: FormData) => void
  onClose: () => void
  children: ReactNode
}): ReactNode {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (ready && !busy) onAct(new FormData(event.currentTarget))
  }
  return (
    <ModalOverlay
      className="dialog-ground"
      isOpen
      isDismissable={!busy}
      onOpenChange={(isOpen) => {
        if (!isOpen && !busy) onClose()
      }}
    >
      <Modal className="dialog">
        <AriaDialog role={danger ? 'alertdialog' : 'dialog'}>
          <form onSubmit={submit}>
            <div className="panel-body">
              <Heading slot="title" level={2}>
                {title}
              </Heading>
              {children}
              <FormFault fault={fault} known={known ?? []} />
            </div>
            <div className="panel-foot">
              {/* What is under way cannot be taken back: there is no way out until it has ended. */}
              <button
                className="button"
                type="button"
                disabled={busy}
                onClick={onClose}
                // biome-ignore lint/a11y/noAutofocus: a dialog takes the focus, and the safe way has it
                autoFocus={danger}
              >
                {out}
              </button>
              <ActButton
                type="submit"
                tone={danger ? 'danger-solid' : 'primary'}
                busy={busy}
                disabled={!ready}
              >
                {act}
              </ActButton>
            </div>
          </form>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
